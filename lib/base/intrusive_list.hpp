#pragma once

#include <cassert>
#include <cstddef>

namespace async_http_pool {

/// What an element of an `IntrusiveList` derives from; `Tag` tells the lists of one element apart.
template <typename Tag>
class ListNode {
 public:
  ListNode() noexcept = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  [[nodiscard]] bool is_linked() const noexcept { return next_ != nullptr; }

 protected:
  ~ListNode() { assert(!is_linked()); }

 private:
  template <typename, typename>
  friend class IntrusiveList;
  ListNode* previous_ = nullptr;
  ListNode* next_ = nullptr;
};

/// A doubly linked list through its elements: adding and removing allocate nothing and cost O(1).
/// Does not own the elements. One thread at a time.
template <typename Element, typename Tag = Element>
class IntrusiveList {
 public:
  IntrusiveList() noexcept {
    root_.previous_ = &root_;
    root_.next_ = &root_;
  }
  ~IntrusiveList() {
    while (!empty()) remove(front());
    root_.next_ = nullptr;
  }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;

  [[nodiscard]] bool empty() const noexcept { return root_.next_ == &root_; }
  [[nodiscard]] Element& front() noexcept { return *static_cast<Element*>(root_.next_); }

  void push_back(Element& element) noexcept {
    Node& node = element;
    node.previous_ = root_.previous_;
    node.next_ = &root_;
    root_.previous_->next_ = &node;
    root_.previous_ = &node;
  }
  void remove(Element& element) noexcept {
    Node& node = element;
    node.previous_->next_ = node.next_;
    node.next_->previous_ = node.previous_;
    node.previous_ = nullptr;
    node.next_ = nullptr;
  }
  /// The first element, taken out of the list; null when there is none.
  Element* pop_front() noexcept {
    if (empty()) return nullptr;
    Element& element = front();
    remove(element);
    return &element;
  }
  /// Appends all elements to `other`.
  void move_all_to(IntrusiveList& other) noexcept {
    while (Element* element = pop_front()) other.push_back(*element);
  }
  template <typename Function>
  void for_each(Function&& function) {
    for (Node* node = root_.next_; node != &root_; node = node->next_)
      function(*static_cast<Element*>(node));
  }

 private:
  using Node = ListNode<Tag>;
  struct Root : Node {};
  Root root_;
};

}  // namespace async_http_pool
